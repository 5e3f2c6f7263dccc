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
CREATE TABLE subject_key (
	subject TEXT NOT NULL,
	kid BLOB NOT NULL,
	wrapped BLOB NOT NULL,
	PRIMARY KEY (subject),
	UNIQUE (kid)
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
