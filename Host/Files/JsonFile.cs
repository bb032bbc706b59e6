using System.Text.Json;

namespace Functional.Host.Files;

/// <summary>Small values as JSON files of their own.</summary>
internal static class JsonFile
{
    /// <summary>Writes a value, which appears whole or not at all.</summary>
    /// <exception cref="OperationFailedException">It can't be written.</exception>
    public static void Write<T>(string path, T value, JsonSerializerOptions layout) =>
        OutputFile.Replace(path, stream =>
        {
            JsonSerializer.Serialize(stream, value, layout.GetTypeInfo(typeof(T)));
            stream.WriteByte((byte)'\n');
        });

    /// <summary>Reads a value; null if there is no such file.</summary>
    /// <exception cref="DataException">The file is there, but is no such value.</exception>
    public static T? Read<T>(string path, JsonSerializerOptions layout) where T : class
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return DataFile.Open(path, stream => (T?)JsonSerializer.Deserialize(stream, layout.GetTypeInfo(typeof(T))))
                ?? throw new DataException(path, null, "a JSON object", "null");
        }
        catch (JsonException e)
        {
            throw new DataException(
                path, e.LineNumber is { } line ? $"line {line + 1}" : null, "JSON as the program writes it",
                $"\"{e.Message.Split(" Path:")[0]}\"");
        }
    }
}
