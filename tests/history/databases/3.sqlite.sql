CREATE TABLE api_key (
	key_id TEXT NOT NULL,
	hash BLOB NOT NULL,
	instance TEXT,
	scopes TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	revoked_at BIGINT,
	PRIMARY KEY (key_id)
);
CREATE TABLE audit_entry (
	seq BIGINT NOT NULL,
	day TEXT NOT NULL,
	at BIGINT NOT NULL,
	actor TEXT NOT NULL,
	act TEXT NOT NULL,
	object TEXT NOT NULL,
	facts TEXT NOT NULL,
	previous BLOB NOT NULL,
	digest BLOB NOT NULL,
	PRIMARY KEY (seq)
);
CREATE INDEX ix_audit_entry_day ON audit_entry (day);
CREATE TABLE audit_head (
	one INTEGER NOT NULL,
	seq BIGINT NOT NULL,
	day TEXT NOT NULL,
	digest BLOB NOT NULL,
	PRIMARY KEY (one)
);
CREATE TABLE audit_key (
	one INTEGER NOT NULL,
	wrapped BLOB NOT NULL,
	PRIMARY KEY (one)
);
CREATE TABLE audit_root (
	day TEXT NOT NULL,
	first BIGINT NOT NULL,
	last BIGINT NOT NULL,
	at BIGINT NOT NULL,
	digest BLOB NOT NULL,
	previous BLOB NOT NULL,
	signature BLOB NOT NULL,
	PRIMARY KEY (day)
);
CREATE TABLE delivery (
	seq INTEGER NOT NULL,
	destination TEXT NOT NULL,
	entity TEXT NOT NULL,
	version BIGINT NOT NULL,
	event_id TEXT NOT NULL,
	project TEXT NOT NULL,
	operation TEXT NOT NULL,
	cause TEXT NOT NULL,
	occurred_at BIGINT NOT NULL,
	parents TEXT NOT NULL,
	body TEXT NOT NULL,
	state TEXT DEFAULT 'WAITING' NOT NULL,
	outcome TEXT DEFAULT '' NOT NULL,
	reason TEXT DEFAULT '' NOT NULL,
	attempts BIGINT DEFAULT '0' NOT NULL,
	unknown BIGINT DEFAULT '0' NOT NULL,
	next_at BIGINT DEFAULT '0' NOT NULL,
	PRIMARY KEY (seq),
	UNIQUE (destination, entity, version)
);
CREATE INDEX delivery_due ON delivery (destination, state, seq);
CREATE TABLE delivery_parent (
	destination TEXT NOT NULL,
	entity TEXT NOT NULL,
	version BIGINT NOT NULL,
	parent TEXT NOT NULL,
	PRIMARY KEY (destination, entity, version, parent)
);
CREATE TABLE delta_source (
	instance TEXT NOT NULL,
	PRIMARY KEY (instance)
);
CREATE TABLE erasure (
	id TEXT NOT NULL,
	person TEXT NOT NULL,
	"by" TEXT NOT NULL,
	state TEXT NOT NULL,
	counts TEXT NOT NULL,
	keep_out BOOLEAN NOT NULL,
	requested_at BIGINT NOT NULL,
	deadline BIGINT NOT NULL,
	drained_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE erasure_recipient (
	erasure TEXT NOT NULL,
	number INTEGER NOT NULL,
	destination TEXT NOT NULL,
	entity TEXT NOT NULL,
	outcome TEXT NOT NULL,
	reason TEXT NOT NULL,
	at BIGINT NOT NULL,
	told BOOLEAN NOT NULL,
	PRIMARY KEY (erasure, number)
);
CREATE TABLE erasure_source (
	erasure TEXT NOT NULL,
	source TEXT NOT NULL,
	PRIMARY KEY (erasure, source)
);
CREATE TABLE erasure_terms (
	erasure TEXT NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (erasure)
);
CREATE TABLE import_run (
	id TEXT NOT NULL,
	instance TEXT NOT NULL,
	connector TEXT NOT NULL,
	state TEXT NOT NULL,
	began BIGINT NOT NULL,
	ended BIGINT NOT NULL,
	result TEXT NOT NULL,
	reasons TEXT NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE instance (
	name TEXT NOT NULL,
	connector TEXT NOT NULL,
	degree TEXT NOT NULL,
	academy TEXT,
	base_url TEXT NOT NULL,
	secret BLOB NOT NULL,
	way_out TEXT NOT NULL,
	loopback BOOLEAN NOT NULL,
	disabled BOOLEAN NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE kept_back (
	record TEXT NOT NULL,
	"key" TEXT NOT NULL,
	value BLOB NOT NULL,
	cut BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (record, "key")
);
CREATE INDEX kept_back_cut ON kept_back (cut, at);
CREATE TABLE kept_out (
	digest TEXT NOT NULL,
	since BIGINT NOT NULL,
	"by" TEXT NOT NULL,
	PRIMARY KEY (digest)
);
CREATE TABLE letter_key (
	kid BLOB NOT NULL,
	instance TEXT NOT NULL,
	opened_at BIGINT NOT NULL,
	closed_at BIGINT,
	wrapped BLOB NOT NULL,
	PRIMARY KEY (kid)
);
CREATE INDEX ix_letter_key_instance ON letter_key (instance);
CREATE TABLE mandate (
	id TEXT NOT NULL,
	establishment TEXT NOT NULL,
	instance TEXT NOT NULL,
	direction TEXT NOT NULL,
	records TEXT NOT NULL,
	fields TEXT NOT NULL,
	purpose TEXT NOT NULL,
	project TEXT NOT NULL,
	legal_basis TEXT NOT NULL,
	granted_by TEXT NOT NULL,
	starts TEXT NOT NULL,
	until TEXT NOT NULL,
	granted_at BIGINT NOT NULL,
	revoked_at BIGINT,
	sent BOOLEAN NOT NULL,
	PRIMARY KEY (id)
);
CREATE INDEX mandate_instance ON mandate (instance, direction);
CREATE INDEX mandate_project ON mandate (project, purpose);
CREATE TABLE master_mark (
	one INTEGER NOT NULL,
	mark TEXT NOT NULL,
	PRIMARY KEY (one)
);
CREATE TABLE native_id (
	destination TEXT NOT NULL,
	entity TEXT NOT NULL,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (destination, entity, name)
);
CREATE TABLE orphan (
	destination TEXT NOT NULL,
	entity TEXT NOT NULL,
	version BIGINT NOT NULL,
	parent TEXT NOT NULL,
	PRIMARY KEY (destination, entity, version, parent)
);
CREATE INDEX orphan_parent ON orphan (destination, parent);
CREATE TABLE outgoing (
	destination TEXT NOT NULL,
	entity TEXT NOT NULL,
	project TEXT NOT NULL,
	operation TEXT NOT NULL,
	body TEXT NOT NULL,
	parents TEXT NOT NULL,
	cause TEXT NOT NULL,
	local TEXT NOT NULL,
	version BIGINT NOT NULL,
	occurred_at BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	sent BOOLEAN NOT NULL,
	answered BOOLEAN NOT NULL,
	refused BOOLEAN NOT NULL,
	again BOOLEAN NOT NULL,
	PRIMARY KEY (destination, entity)
);
CREATE INDEX outgoing_local ON outgoing (destination, local);
CREATE INDEX outgoing_not_answered ON outgoing (project, destination, operation) WHERE answered = false;
CREATE INDEX outgoing_not_sent ON outgoing (seq) WHERE sent = false;
CREATE INDEX outgoing_project ON outgoing (project, entity);
CREATE INDEX outgoing_seq ON outgoing (seq);
CREATE TABLE own_copy (
	record TEXT NOT NULL,
	"key" TEXT NOT NULL,
	PRIMARY KEY (record, "key")
);
CREATE TABLE person_entry (
	source TEXT NOT NULL,
	version BIGINT NOT NULL,
	deleted BOOLEAN NOT NULL,
	person TEXT NOT NULL,
	rule TEXT NOT NULL,
	decisions BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (source)
)
 WITHOUT ROWID;
CREATE INDEX ix_person_entry_person ON person_entry (person);
CREATE TABLE person_key (
	source TEXT NOT NULL,
	kind TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (source, kind, value)
)
 WITHOUT ROWID;
CREATE INDEX person_key_value ON person_key (kind, value);
CREATE TABLE person_move (
	source TEXT NOT NULL,
	PRIMARY KEY (source)
);
CREATE TABLE person_origin (
	source TEXT NOT NULL,
	event_id TEXT NOT NULL,
	authority TEXT NOT NULL,
	occurred_at BIGINT NOT NULL,
	received_at BIGINT NOT NULL,
	topic TEXT NOT NULL,
	place BIGINT NOT NULL,
	"offset" BIGINT NOT NULL,
	path TEXT NOT NULL,
	fields TEXT NOT NULL,
	PRIMARY KEY (source)
)
 WITHOUT ROWID;
CREATE TABLE person_past (
	source TEXT NOT NULL,
	decisions BIGINT NOT NULL,
	person TEXT NOT NULL,
	rule TEXT NOT NULL,
	ruling TEXT NOT NULL,
	at BIGINT NOT NULL,
	until BIGINT NOT NULL,
	PRIMARY KEY (source, decisions)
);
CREATE INDEX person_past_person ON person_past (person);
CREATE TABLE person_ruled (
	source TEXT NOT NULL,
	ruling TEXT NOT NULL,
	PRIMARY KEY (source)
);
CREATE TABLE person_trace (
	source TEXT NOT NULL,
	kind TEXT NOT NULL,
	value TEXT NOT NULL,
	person TEXT NOT NULL,
	until BIGINT NOT NULL,
	PRIMARY KEY (source, kind, value)
)
 WITHOUT ROWID;
CREATE INDEX ix_person_trace_until ON person_trace (until);
CREATE INDEX person_trace_value ON person_trace (kind, value);
CREATE TABLE project (
	id TEXT NOT NULL,
	group_id TEXT NOT NULL,
	title TEXT NOT NULL,
	purpose TEXT NOT NULL,
	starts TEXT NOT NULL,
	ends TEXT NOT NULL,
	state TEXT NOT NULL,
	version BIGINT NOT NULL,
	event_id TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE project_alias (
	group_key TEXT NOT NULL,
	project TEXT NOT NULL,
	PRIMARY KEY (group_key)
);
CREATE TABLE project_class (
	project TEXT NOT NULL,
	uai TEXT NOT NULL,
	group_key TEXT NOT NULL,
	place BIGINT NOT NULL,
	PRIMARY KEY (project, uai, group_key)
);
CREATE INDEX project_class_group ON project_class (group_key);
CREATE TABLE project_leaving (
	project TEXT NOT NULL,
	uai TEXT NOT NULL,
	until TEXT NOT NULL,
	PRIMARY KEY (project, uai)
);
CREATE TABLE project_pick (
	project TEXT NOT NULL,
	uai TEXT NOT NULL,
	source TEXT NOT NULL,
	role TEXT NOT NULL,
	place BIGINT NOT NULL,
	PRIMARY KEY (project, uai, source)
);
CREATE INDEX project_pick_source ON project_pick (source);
CREATE TABLE project_place (
	project TEXT NOT NULL,
	uai TEXT NOT NULL,
	instance TEXT NOT NULL,
	decision TEXT NOT NULL,
	by_role TEXT NOT NULL,
	at BIGINT,
	place BIGINT NOT NULL,
	PRIMARY KEY (project, uai)
);
CREATE TABLE project_terms (
	project TEXT NOT NULL,
	description TEXT NOT NULL,
	convention TEXT NOT NULL,
	convention_by TEXT NOT NULL,
	convention_on TEXT NOT NULL,
	parent TEXT NOT NULL,
	PRIMARY KEY (project)
);
CREATE INDEX project_terms_parent ON project_terms (parent);
CREATE TABLE project_transmitted (
	project TEXT NOT NULL,
	uai TEXT NOT NULL,
	until TEXT NOT NULL,
	PRIMARY KEY (project, uai)
);
CREATE TABLE project_turn (
	project TEXT NOT NULL,
	PRIMARY KEY (project)
);
CREATE TABLE rebuild_mark (
	since BIGINT NOT NULL,
	PRIMARY KEY (since)
);
CREATE TABLE receipt (
	event_id TEXT NOT NULL,
	delivery TEXT NOT NULL,
	destination TEXT NOT NULL,
	project TEXT NOT NULL,
	entity TEXT NOT NULL,
	operation TEXT NOT NULL,
	outcome TEXT NOT NULL,
	reason TEXT NOT NULL,
	native_id TEXT NOT NULL,
	cause TEXT NOT NULL,
	version BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (destination, entity)
);
CREATE INDEX receipt_project ON receipt (project);
CREATE TABLE receipt_late (
	destination TEXT NOT NULL,
	entity TEXT NOT NULL,
	level TEXT NOT NULL,
	version BIGINT NOT NULL,
	project TEXT NOT NULL,
	since BIGINT NOT NULL,
	PRIMARY KEY (destination, entity, level, version)
);
CREATE INDEX ix_receipt_late_project ON receipt_late (project);
CREATE TABLE ruling (
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	"left" TEXT NOT NULL,
	"right" TEXT NOT NULL,
	keys TEXT NOT NULL,
	rule TEXT NOT NULL,
	ruled_by TEXT NOT NULL,
	undone_by TEXT NOT NULL,
	at BIGINT NOT NULL,
	undone_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	said_at BIGINT NOT NULL,
	PRIMARY KEY (id)
);
CREATE INDEX ruling_said ON ruling (said_at);
CREATE TABLE ruling_source (
	ruling TEXT NOT NULL,
	source TEXT NOT NULL,
	PRIMARY KEY (ruling, source)
);
CREATE INDEX ruling_source_source ON ruling_source (source);
CREATE TABLE said (
	record TEXT NOT NULL,
	"key" TEXT NOT NULL,
	version BIGINT NOT NULL,
	deleted BOOLEAN NOT NULL,
	event_id TEXT NOT NULL,
	fields TEXT NOT NULL,
	PRIMARY KEY (record, "key")
)
 WITHOUT ROWID;
CREATE TABLE said_point (
	record TEXT NOT NULL,
	"key" TEXT NOT NULL,
	role TEXT NOT NULL,
	target TEXT NOT NULL,
	PRIMARY KEY (record, "key", role, target)
)
 WITHOUT ROWID;
CREATE INDEX said_point_target ON said_point (target, role, record);
CREATE TABLE schema_edition (
	edition INTEGER NOT NULL,
	PRIMARY KEY (edition)
);
CREATE TABLE sector_declared (
	ecole TEXT NOT NULL,
	college TEXT NOT NULL,
	PRIMARY KEY (ecole)
);
CREATE INDEX ix_sector_declared_college ON sector_declared (college);
CREATE TABLE seen_over (
	record TEXT NOT NULL,
	"key" TEXT NOT NULL,
	since BIGINT NOT NULL,
	PRIMARY KEY (record, "key")
);
CREATE INDEX ix_seen_over_since ON seen_over (since);
CREATE TABLE set_aside (
	event_id TEXT NOT NULL,
	instance TEXT NOT NULL,
	connector TEXT NOT NULL,
	event TEXT NOT NULL,
	code TEXT NOT NULL,
	field TEXT NOT NULL,
	found TEXT NOT NULL,
	known TEXT NOT NULL,
	fix TEXT NOT NULL,
	topic TEXT NOT NULL,
	path TEXT NOT NULL,
	part BIGINT NOT NULL,
	place BIGINT NOT NULL,
	redriven BIGINT NOT NULL,
	first_at BIGINT NOT NULL,
	last_at BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	PRIMARY KEY (event_id)
);
CREATE INDEX set_aside_cause ON set_aside (connector, code, event, field);
CREATE INDEX set_aside_last ON set_aside (last_at);
CREATE TABLE set_aside_decision (
	event_id TEXT NOT NULL,
	decision TEXT NOT NULL,
	topic TEXT NOT NULL,
	part BIGINT NOT NULL,
	place BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (event_id)
);
CREATE TABLE subject_key (
	subject TEXT NOT NULL,
	year INTEGER NOT NULL,
	kid BLOB NOT NULL,
	wrapped BLOB NOT NULL,
	PRIMARY KEY (subject, year),
	UNIQUE (kid)
);
CREATE TABLE switch_cut (
	id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	target TEXT NOT NULL,
	reason TEXT NOT NULL,
	withdrawals BOOLEAN NOT NULL,
	at BIGINT NOT NULL,
	resumed_at BIGINT,
	PRIMARY KEY (id)
);
CREATE TABLE waiting (
	record TEXT NOT NULL,
	"key" TEXT NOT NULL,
	project TEXT NOT NULL,
	instance TEXT NOT NULL,
	why TEXT NOT NULL,
	since BIGINT NOT NULL,
	told BIGINT,
	sent BOOLEAN NOT NULL,
	PRIMARY KEY (record, "key", project)
)
 WITHOUT ROWID;
CREATE INDEX waiting_since ON waiting (why, since);
