"""Operations: incidents, what could not be carried out, and trying it again."""
