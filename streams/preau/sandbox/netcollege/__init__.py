"""A fictional NetCollège: a collège whose pupils' accounts are said as Net'École says them."""
