-- What waits for the clerk, found without walking through the agency's whole register.
CREATE INDEX documents_agency_state ON documents (agency, state, id);
