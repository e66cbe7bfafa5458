-- What running the product needs beside the shop's own tables.

CREATE TABLE sessions (
  id SERIAL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  token_hash BYTEA NOT NULL CONSTRAINT idx_sessions_token UNIQUE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  user_agent TEXT,
  address TEXT,
  revoked_at TIMESTAMP WITH TIME ZONE
);

CREATE INDEX idx_sessions_user ON sessions (user_id);
CREATE INDEX idx_sessions_expires ON sessions (expires_at);

CREATE TABLE api_tokens (
  id SERIAL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name VARCHAR(100) NOT NULL,
  token_hash BYTEA NOT NULL CONSTRAINT idx_api_tokens_token UNIQUE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  last_used_at TIMESTAMP WITH TIME ZONE,
  revoked_at TIMESTAMP WITH TIME ZONE
);

CREATE INDEX idx_api_tokens_user ON api_tokens (user_id);

CREATE TABLE sign_in_attempts (
  id BIGSERIAL PRIMARY KEY,
  account_key TEXT NOT NULL,
  address TEXT NOT NULL,
  succeeded BOOLEAN NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);

CREATE INDEX idx_sign_in_attempts_account ON sign_in_attempts (account_key, at);
CREATE INDEX idx_sign_in_attempts_address ON sign_in_attempts (address, at);
CREATE INDEX idx_sign_in_attempts_at ON sign_in_attempts (at);

-- status is null while the first request with the key is at work, in the transaction of its effect.
CREATE TABLE idempotency_keys (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  key VARCHAR(255) NOT NULL,
  fingerprint BYTEA NOT NULL,
  status INTEGER,
  headers JSONB,
  body BYTEA,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  PRIMARY KEY (user_id, key)
);

CREATE INDEX idx_idempotency_keys_created ON idempotency_keys (created_at);

CREATE TABLE audit_log (
  id BIGSERIAL PRIMARY KEY,
  at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  user_id INTEGER DEFAULT shop_actor(), -- no foreign key: the log outlives what it tells of
  action TEXT NOT NULL,
  entity TEXT NOT NULL,
  entity_id INTEGER,
  before JSONB,
  after JSONB,
  request_id TEXT,
  address TEXT
);

CREATE INDEX idx_audit_log_entity ON audit_log (entity, entity_id);
CREATE INDEX idx_audit_log_user ON audit_log (user_id, id);
CREATE INDEX idx_audit_log_at ON audit_log USING brin (at);

-- Each seal hashes a run of audit rows together with the seal before it; sealing happens shortly after the fact.
CREATE TABLE audit_seals (
  id BIGSERIAL PRIMARY KEY,
  first_audit_id BIGINT NOT NULL CONSTRAINT idx_audit_seals_first UNIQUE,
  last_audit_id BIGINT NOT NULL CONSTRAINT idx_audit_seals_last UNIQUE,
  row_count BIGINT NOT NULL CONSTRAINT check_seal_row_count CHECK (row_count >= 1),
  previous_hash BYTEA,
  hash BYTEA NOT NULL,
  sealed_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  CONSTRAINT check_seal_range CHECK (first_audit_id <= last_audit_id)
);

CREATE TABLE settings (
  key VARCHAR(100) PRIMARY KEY,
  value JSONB NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_by INTEGER REFERENCES users (id)
);

CREATE TABLE jobs (
  id BIGSERIAL PRIMARY KEY,
  kind VARCHAR(50) NOT NULL,
  payload JSONB NOT NULL DEFAULT '{}',
  run_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  attempts INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL DEFAULT 10,
  locked_at TIMESTAMP WITH TIME ZONE,
  last_error TEXT,
  done_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);

CREATE INDEX idx_jobs_due ON jobs (run_at) WHERE done_at IS NULL;

CREATE TABLE imports (
  id SERIAL PRIMARY KEY,
  kind VARCHAR(30) NOT NULL,
  file_name VARCHAR(255) NOT NULL,
  sha256 BYTEA NOT NULL,
  mode VARCHAR(20) NOT NULL CONSTRAINT check_import_mode CHECK (mode IN ('all_or_nothing', 'good_rows')),
  dry_run BOOLEAN NOT NULL DEFAULT FALSE,
  state VARCHAR(20) NOT NULL DEFAULT 'Queued' CONSTRAINT check_import_state CHECK (
    state IN ('Queued', 'Running', 'Done', 'Failed')
  ),
  rows_total INTEGER,
  rows_done INTEGER NOT NULL DEFAULT 0,
  accepted INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  errors JSONB NOT NULL DEFAULT '[]', -- [{"row", "column", "reason"}]
  source_file BYTEA, -- as uploaded, until it is imported
  rejected_file BYTEA, -- the bad rows, to be mended and sent again
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  finished_at TIMESTAMP WITH TIME ZONE
);

CREATE INDEX idx_imports_created ON imports (created_at);
CREATE INDEX idx_imports_sha256 ON imports (sha256);
