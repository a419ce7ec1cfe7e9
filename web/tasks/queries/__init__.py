"""What the pages of tasks ask the database, and no other room does."""
