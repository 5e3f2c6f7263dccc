"""A fictional GAR: takes complete sets of files, checks them, and shows what it holds per UAI."""
