-- Cells by day, so that expiry drops a partition; the key begins with the label, by which cells are got. EXTERNAL: no attempt to compress what is random.
CREATE SEQUENCE positions CACHE 1;
CREATE TABLE cells (
  day date NOT NULL DEFAULT current_date,
  label bytea NOT NULL,
  position bigint NOT NULL DEFAULT nextval('positions'),
  cell bytea NOT NULL,
  PRIMARY KEY (label, day)
) PARTITION BY RANGE (day);
ALTER TABLE cells ALTER COLUMN cell SET STORAGE EXTERNAL;
CREATE INDEX ON cells (position);
