"""The canonical layout of files: spacing, indentation, quotes and the order of keys, with every word and comment kept."""
