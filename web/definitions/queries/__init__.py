"""What the pages of definitions ask the database, and no other room does."""
