namespace Functional.Host;

/// <summary>What was asked for has failed; the message is one line.</summary>
public sealed class OperationFailedException(string message) : Exception(Visible.Message(message.Given()));
