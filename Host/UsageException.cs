namespace Functional.Host;

/// <summary>What the user asked for can't be done as asked: each line of the message says what and where.</summary>
public sealed class UsageException(string message) : Exception(message);
