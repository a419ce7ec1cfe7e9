"""What is said to the owner of a process: findings, changes, differences, limits. Nothing here asks the database."""
