"""A fictional Skolengo (Kosmos): group spaces, attachments and news in the JSON:API idiom."""
