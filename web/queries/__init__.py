"""What several rooms ask the database: read-only SELECTs and foldings. What one room asks lies in its own `queries`."""
