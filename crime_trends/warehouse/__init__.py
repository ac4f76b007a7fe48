"""The warehouse: one table per dataset whose months are replaced atomically, with a ledger of what each month is."""
