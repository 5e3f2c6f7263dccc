"""An invented académie, whole: the State's files of one September and of the next, and the truth.

Every person, school and number is invented; names come from the lists of `names.py`. The same
number of pupils and the same seed give the same bytes.
"""
