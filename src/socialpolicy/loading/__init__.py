"""Loading: from the author's text to the program that decides, with a place for every finding."""
