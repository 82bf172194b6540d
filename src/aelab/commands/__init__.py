"""What each `aelab` subcommand does: arguments in, an `Answer` out.  Nothing here prints or exits."""
