"""One module a kind of section; each turns entries into values of JSON Resume."""
