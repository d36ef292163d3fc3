-- A seal that is offered to a clerk: their row is wrapped under a code until then, and no way to the key before they take it up.
ALTER TABLE key_access ADD COLUMN offered_until {time};
