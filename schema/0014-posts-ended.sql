-- A post that is ended was held until that instant of its last day (valid_to).
ALTER TABLE posts ADD COLUMN ended {time};
