-- The head also names the last record that was removed: an agent that does not know of it would miss the beginning.
-- The number in the file's header ("KEPM") tells people and file(1) what it is.
PRAGMA application_id=1262833741;
