"""The courier: takes letters out of the outbox and brings them to people, by Telegram and by e-mail."""
