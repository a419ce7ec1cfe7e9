"""What an office calls its people, departments, cells and processes: looked up once in a request, and not yet in anybody's language."""
