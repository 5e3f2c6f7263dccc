CREATE TABLE api_key (
	key_id TEXT COLLATE "C" NOT NULL,
	hash BYTEA NOT NULL,
	instance TEXT COLLATE "C",
	scopes TEXT COLLATE "C" NOT NULL,
	made_at BIGINT NOT NULL,
	revoked_at BIGINT,
	PRIMARY KEY (key_id)
);
CREATE TABLE audit_entry (
	seq BIGINT NOT NULL,
	day TEXT COLLATE "C" NOT NULL,
	at BIGINT NOT NULL,
	actor TEXT COLLATE "C" NOT NULL,
	act TEXT COLLATE "C" NOT NULL,
	object TEXT COLLATE "C" NOT NULL,
	facts TEXT COLLATE "C" NOT NULL,
	previous BYTEA NOT NULL,
	digest BYTEA NOT NULL,
	PRIMARY KEY (seq)
);
CREATE INDEX ix_audit_entry_day ON audit_entry (day);
CREATE TABLE audit_head (
	one INTEGER NOT NULL,
	seq BIGINT NOT NULL,
	day TEXT COLLATE "C" NOT NULL,
	digest BYTEA NOT NULL,
	PRIMARY KEY (one)
);
CREATE TABLE audit_key (
	one INTEGER NOT NULL,
	wrapped BYTEA NOT NULL,
	PRIMARY KEY (one)
);
CREATE TABLE audit_root (
	day TEXT COLLATE "C" NOT NULL,
	first BIGINT NOT NULL,
	last BIGINT NOT NULL,
	at BIGINT NOT NULL,
	digest BYTEA NOT NULL,
	previous BYTEA NOT NULL,
	signature BYTEA NOT NULL,
	PRIMARY KEY (day)
);
CREATE TABLE delivery (
	seq BIGSERIAL NOT NULL,
	destination TEXT COLLATE "C" NOT NULL,
	entity TEXT COLLATE "C" NOT NULL,
	version BIGINT NOT NULL,
	event_id TEXT COLLATE "C" NOT NULL,
	project TEXT COLLATE "C" NOT NULL,
	operation TEXT COLLATE "C" NOT NULL,
	cause TEXT COLLATE "C" NOT NULL,
	occurred_at BIGINT NOT NULL,
	parents TEXT COLLATE "C" NOT NULL,
	body TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" DEFAULT 'WAITING' NOT NULL,
	outcome TEXT COLLATE "C" DEFAULT '' NOT NULL,
	reason TEXT COLLATE "C" DEFAULT '' NOT NULL,
	attempts BIGINT DEFAULT '0' NOT NULL,
	unknown BIGINT DEFAULT '0' NOT NULL,
	next_at BIGINT DEFAULT '0' NOT NULL,
	PRIMARY KEY (seq),
	UNIQUE (destination, entity, version)
);
CREATE INDEX delivery_due ON delivery (destination, state, seq);
CREATE TABLE delivery_parent (
	destination TEXT COLLATE "C" NOT NULL,
	entity TEXT COLLATE "C" NOT NULL,
	version BIGINT NOT NULL,
	parent TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (destination, entity, version, parent)
);
CREATE TABLE delta_source (
	instance TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (instance)
);
CREATE TABLE erasure (
	id TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	by TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	counts TEXT COLLATE "C" NOT NULL,
	keep_out BOOLEAN NOT NULL,
	requested_at BIGINT NOT NULL,
	deadline BIGINT NOT NULL,
	drained_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE erasure_recipient (
	erasure TEXT COLLATE "C" NOT NULL,
	number INTEGER NOT NULL,
	destination TEXT COLLATE "C" NOT NULL,
	entity TEXT COLLATE "C" NOT NULL,
	outcome TEXT COLLATE "C" NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	at BIGINT NOT NULL,
	told BOOLEAN NOT NULL,
	PRIMARY KEY (erasure, number)
);
CREATE TABLE erasure_source (
	erasure TEXT COLLATE "C" NOT NULL,
	source TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (erasure, source)
);
CREATE TABLE erasure_terms (
	erasure TEXT COLLATE "C" NOT NULL,
	sealed BYTEA NOT NULL,
	PRIMARY KEY (erasure)
);
CREATE TABLE import_run (
	id TEXT COLLATE "C" NOT NULL,
	instance TEXT COLLATE "C" NOT NULL,
	connector TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	began BIGINT NOT NULL,
	ended BIGINT NOT NULL,
	result TEXT COLLATE "C" NOT NULL,
	reasons TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE instance (
	name TEXT COLLATE "C" NOT NULL,
	connector TEXT COLLATE "C" NOT NULL,
	degree TEXT COLLATE "C" NOT NULL,
	academy TEXT COLLATE "C",
	base_url TEXT COLLATE "C" NOT NULL,
	secret BYTEA NOT NULL,
	way_out TEXT COLLATE "C" NOT NULL,
	loopback BOOLEAN NOT NULL,
	disabled BOOLEAN NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE kept_back (
	record TEXT COLLATE "C" NOT NULL,
	key TEXT COLLATE "C" NOT NULL,
	value BYTEA NOT NULL,
	cut BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (record, key)
);
CREATE INDEX kept_back_cut ON kept_back (cut, at);
CREATE TABLE kept_out (
	digest TEXT COLLATE "C" NOT NULL,
	since BIGINT NOT NULL,
	by TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (digest)
);
CREATE TABLE letter_key (
	kid BYTEA NOT NULL,
	instance TEXT COLLATE "C" NOT NULL,
	opened_at BIGINT NOT NULL,
	closed_at BIGINT,
	wrapped BYTEA NOT NULL,
	PRIMARY KEY (kid)
);
CREATE INDEX ix_letter_key_instance ON letter_key (instance);
CREATE TABLE master_mark (
	one SERIAL NOT NULL,
	mark TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (one)
);
CREATE TABLE native_id (
	destination TEXT COLLATE "C" NOT NULL,
	entity TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	value TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (destination, entity, name)
);
CREATE TABLE orphan (
	destination TEXT COLLATE "C" NOT NULL,
	entity TEXT COLLATE "C" NOT NULL,
	version BIGINT NOT NULL,
	parent TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (destination, entity, version, parent)
);
CREATE INDEX orphan_parent ON orphan (destination, parent);
CREATE TABLE outgoing (
	destination TEXT COLLATE "C" NOT NULL,
	entity TEXT COLLATE "C" NOT NULL,
	project TEXT COLLATE "C" NOT NULL,
	operation TEXT COLLATE "C" NOT NULL,
	body TEXT COLLATE "C" NOT NULL,
	parents TEXT COLLATE "C" NOT NULL,
	cause TEXT COLLATE "C" NOT NULL,
	local TEXT COLLATE "C" NOT NULL,
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
	record TEXT COLLATE "C" NOT NULL,
	key TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (record, key)
);
CREATE TABLE person_entry (
	source TEXT COLLATE "C" NOT NULL,
	version BIGINT NOT NULL,
	deleted BOOLEAN NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	rule TEXT COLLATE "C" NOT NULL,
	decisions BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (source)
);
CREATE INDEX ix_person_entry_person ON person_entry (person);
CREATE TABLE person_key (
	source TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	value TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (source, kind, value)
);
CREATE INDEX person_key_value ON person_key (kind, value);
CREATE TABLE person_move (
	source TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (source)
);
CREATE TABLE person_origin (
	source TEXT COLLATE "C" NOT NULL,
	event_id TEXT COLLATE "C" NOT NULL,
	authority TEXT COLLATE "C" NOT NULL,
	occurred_at BIGINT NOT NULL,
	received_at BIGINT NOT NULL,
	topic TEXT COLLATE "C" NOT NULL,
	place BIGINT NOT NULL,
	"offset" BIGINT NOT NULL,
	path TEXT COLLATE "C" NOT NULL,
	fields TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (source)
);
CREATE TABLE person_past (
	source TEXT COLLATE "C" NOT NULL,
	decisions BIGINT NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	rule TEXT COLLATE "C" NOT NULL,
	ruling TEXT COLLATE "C" NOT NULL,
	at BIGINT NOT NULL,
	until BIGINT NOT NULL,
	PRIMARY KEY (source, decisions)
);
CREATE INDEX person_past_person ON person_past (person);
CREATE TABLE person_ruled (
	source TEXT COLLATE "C" NOT NULL,
	ruling TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (source)
);
CREATE TABLE person_trace (
	source TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	value TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	until BIGINT NOT NULL,
	PRIMARY KEY (source, kind, value)
);
CREATE INDEX ix_person_trace_until ON person_trace (until);
CREATE INDEX person_trace_value ON person_trace (kind, value);
CREATE TABLE project (
	id TEXT COLLATE "C" NOT NULL,
	group_id TEXT COLLATE "C" NOT NULL,
	title TEXT COLLATE "C" NOT NULL,
	purpose TEXT COLLATE "C" NOT NULL,
	starts TEXT COLLATE "C" NOT NULL,
	ends TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	version BIGINT NOT NULL,
	event_id TEXT COLLATE "C" NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE project_alias (
	group_key TEXT COLLATE "C" NOT NULL,
	project TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (group_key)
);
CREATE TABLE project_class (
	project TEXT COLLATE "C" NOT NULL,
	uai TEXT COLLATE "C" NOT NULL,
	group_key TEXT COLLATE "C" NOT NULL,
	place BIGINT NOT NULL,
	PRIMARY KEY (project, uai, group_key)
);
CREATE INDEX project_class_group ON project_class (group_key);
CREATE TABLE project_place (
	project TEXT COLLATE "C" NOT NULL,
	uai TEXT COLLATE "C" NOT NULL,
	instance TEXT COLLATE "C" NOT NULL,
	decision TEXT COLLATE "C" NOT NULL,
	by_role TEXT COLLATE "C" NOT NULL,
	at BIGINT,
	place BIGINT NOT NULL,
	PRIMARY KEY (project, uai)
);
CREATE TABLE rebuild_mark (
	since BIGSERIAL NOT NULL,
	PRIMARY KEY (since)
);
CREATE TABLE receipt (
	event_id TEXT COLLATE "C" NOT NULL,
	delivery TEXT COLLATE "C" NOT NULL,
	destination TEXT COLLATE "C" NOT NULL,
	project TEXT COLLATE "C" NOT NULL,
	entity TEXT COLLATE "C" NOT NULL,
	operation TEXT COLLATE "C" NOT NULL,
	outcome TEXT COLLATE "C" NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	native_id TEXT COLLATE "C" NOT NULL,
	cause TEXT COLLATE "C" NOT NULL,
	version BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (destination, entity)
);
CREATE INDEX receipt_project ON receipt (project);
CREATE TABLE receipt_late (
	destination TEXT COLLATE "C" NOT NULL,
	entity TEXT COLLATE "C" NOT NULL,
	level TEXT COLLATE "C" NOT NULL,
	version BIGINT NOT NULL,
	project TEXT COLLATE "C" NOT NULL,
	since BIGINT NOT NULL,
	PRIMARY KEY (destination, entity, level, version)
);
CREATE INDEX ix_receipt_late_project ON receipt_late (project);
CREATE TABLE ruling (
	id TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	"left" TEXT COLLATE "C" NOT NULL,
	"right" TEXT COLLATE "C" NOT NULL,
	keys TEXT COLLATE "C" NOT NULL,
	rule TEXT COLLATE "C" NOT NULL,
	ruled_by TEXT COLLATE "C" NOT NULL,
	undone_by TEXT COLLATE "C" NOT NULL,
	at BIGINT NOT NULL,
	undone_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	said_at BIGINT NOT NULL,
	PRIMARY KEY (id)
);
CREATE INDEX ruling_said ON ruling (said_at);
CREATE TABLE ruling_source (
	ruling TEXT COLLATE "C" NOT NULL,
	source TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (ruling, source)
);
CREATE INDEX ruling_source_source ON ruling_source (source);
CREATE TABLE said (
	record TEXT COLLATE "C" NOT NULL,
	key TEXT COLLATE "C" NOT NULL,
	version BIGINT NOT NULL,
	deleted BOOLEAN NOT NULL,
	event_id TEXT COLLATE "C" NOT NULL,
	fields TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (record, key)
);
CREATE TABLE said_point (
	record TEXT COLLATE "C" NOT NULL,
	key TEXT COLLATE "C" NOT NULL,
	role TEXT COLLATE "C" NOT NULL,
	target TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (record, key, role, target)
);
CREATE INDEX said_point_target ON said_point (target, role, record);
CREATE TABLE schema_edition (
	edition SERIAL NOT NULL,
	PRIMARY KEY (edition)
);
CREATE TABLE seen_over (
	record TEXT COLLATE "C" NOT NULL,
	key TEXT COLLATE "C" NOT NULL,
	since BIGINT NOT NULL,
	PRIMARY KEY (record, key)
);
CREATE INDEX ix_seen_over_since ON seen_over (since);
CREATE TABLE set_aside (
	event_id TEXT COLLATE "C" NOT NULL,
	instance TEXT COLLATE "C" NOT NULL,
	connector TEXT COLLATE "C" NOT NULL,
	event TEXT COLLATE "C" NOT NULL,
	code TEXT COLLATE "C" NOT NULL,
	field TEXT COLLATE "C" NOT NULL,
	found TEXT COLLATE "C" NOT NULL,
	known TEXT COLLATE "C" NOT NULL,
	fix TEXT COLLATE "C" NOT NULL,
	topic TEXT COLLATE "C" NOT NULL,
	path TEXT COLLATE "C" NOT NULL,
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
	event_id TEXT COLLATE "C" NOT NULL,
	decision TEXT COLLATE "C" NOT NULL,
	topic TEXT COLLATE "C" NOT NULL,
	part BIGINT NOT NULL,
	place BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (event_id)
);
CREATE TABLE subject_key (
	subject TEXT COLLATE "C" NOT NULL,
	year INTEGER NOT NULL,
	kid BYTEA NOT NULL,
	wrapped BYTEA NOT NULL,
	PRIMARY KEY (subject, year),
	UNIQUE (kid)
);
CREATE TABLE switch_cut (
	id BIGINT NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	target TEXT COLLATE "C" NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	withdrawals BOOLEAN NOT NULL,
	at BIGINT NOT NULL,
	resumed_at BIGINT,
	PRIMARY KEY (id)
);
CREATE TABLE waiting (
	record TEXT COLLATE "C" NOT NULL,
	key TEXT COLLATE "C" NOT NULL,
	project TEXT COLLATE "C" NOT NULL,
	instance TEXT COLLATE "C" NOT NULL,
	why TEXT COLLATE "C" NOT NULL,
	since BIGINT NOT NULL,
	told BIGINT,
	sent BOOLEAN NOT NULL,
	PRIMARY KEY (record, key, project)
);
CREATE INDEX waiting_since ON waiting (why, since);
