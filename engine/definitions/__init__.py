"""Process definitions: parsing what an owner drew, checking it, and the immutable versions."""
