"""The streams, one file each: normalise, identity, projects, deliver, receipts."""
