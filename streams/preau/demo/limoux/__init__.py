"""The story of Limoux: three écoles on one ENT, a collège on another, and one project."""
