"""A fictional Edifice ONE and NEO (entcore): manual groups, rights on documents."""
