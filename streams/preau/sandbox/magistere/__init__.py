"""A fictional m@gistère: a Moodle whose web services keep cohorts of teachers."""
