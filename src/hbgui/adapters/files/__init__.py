"""What lies on the disk: settings, history, counts of logins."""
