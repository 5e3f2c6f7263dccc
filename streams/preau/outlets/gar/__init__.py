"""The GAR's format: complete XML files of schools, people and groups, for each school degree."""
