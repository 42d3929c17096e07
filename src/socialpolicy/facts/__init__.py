"""Facts from what a company has: texts, approvals, the register of accounts, the state of a crisis. Pure functions beside the core."""
