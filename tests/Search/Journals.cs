using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Functional.Tests.Search;

/// <summary>Journals with records that no search has written.</summary>
internal static class Journals
{
    /// <summary>Changes the first record that matches. The checksums are those of the changed lines: only what they say
    /// is wrong.</summary>
    /// <returns>The journal's text.</returns>
    public static string Change(string path, string before, string after)
    {
        var (previous, text) = ("", new StringBuilder());
        var isChanged = false;
        foreach (var line in File.ReadAllLines(path))
        {
            var body = line[..line.LastIndexOf(",\"checksum\"", StringComparison.Ordinal)];
            if (!isChanged && Regex.IsMatch(body, before))
                (body, isChanged) = (Regex.Replace(body, before, after), true);
            previous = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(previous + body)))[..16];
            text.Append(body).Append(",\"checksum\":\"").Append(previous).Append("\"}\n");
        }
        Assert.True(isChanged, before);
        File.WriteAllText(path, text.ToString());
        return text.ToString();
    }
}
