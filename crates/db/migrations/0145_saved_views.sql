-- Lists as each person wants them: views with a name (filters, sort and columns, as the address has them), and what a list
-- opens with. Shared views are everybody's to use and their owner's to change.
CREATE TABLE saved_views (
  id SERIAL PRIMARY KEY,
  list VARCHAR(30) NOT NULL,
  view_name VARCHAR(60) NOT NULL CONSTRAINT check_saved_view_name CHECK (btrim(view_name) <> ''),
  query TEXT NOT NULL CONSTRAINT check_saved_view_query CHECK (length(query) <= 2000),
  is_shared BOOLEAN NOT NULL DEFAULT false,
  owner_id INTEGER NOT NULL DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE UNIQUE INDEX idx_saved_views_name ON saved_views (owner_id, list, lower(view_name));
CREATE INDEX idx_saved_views_shared ON saved_views (list) WHERE is_shared;
CREATE TRIGGER update_saved_views_timestamp BEFORE UPDATE ON saved_views
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE list_choices (
  user_id INTEGER NOT NULL DEFAULT shop_actor() REFERENCES users (id),
  list VARCHAR(30) NOT NULL,
  columns TEXT NOT NULL DEFAULT '' CONSTRAINT check_list_columns CHECK (length(columns) <= 1000),
  saved_view_id INTEGER REFERENCES saved_views (id) ON DELETE SET NULL,
  PRIMARY KEY (user_id, list)
);
CREATE INDEX idx_list_choices_view ON list_choices (saved_view_id) WHERE saved_view_id IS NOT NULL;
