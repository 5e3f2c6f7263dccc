"""A fictional Net'École: écoles whose pupils' accounts come from Base Élèves."""
