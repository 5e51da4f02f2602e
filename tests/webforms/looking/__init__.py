"""Looking at every public page: its words in all languages, its room, its pixels."""
