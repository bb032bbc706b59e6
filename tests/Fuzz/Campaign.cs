using System.Globalization;
using Functional.Host.Files;

namespace Functional.Tests.Fuzz;

/// <summary>Many mutated files of a format, each read: it is refused with one clear line, or read as what it now says.
/// </summary>
public static class Campaign
{
    // What reading may cost besides the file's size: tables, buffers, the first use of code.
    private const long Constant = 4_000_000;
    private const long PerByte = 64;
    private const int LongestLine = 1000;

    /// <summary>How many files of a format are tried: what the environment variable FUNCTIONAL_FUZZ says.</summary>
    public static int Cases { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("FUNCTIONAL_FUZZ"), CultureInfo.InvariantCulture, out var cases)
            ? cases : 3000;

    /// <summary>Reads mutations of these files.</summary>
    /// <param name="files">Valid files of the format.</param>
    /// <param name="read">Reads such a file and checks what it gives.</param>
    /// <param name="name">What it calls the file.</param>
    /// <param name="most">How many bytes reading may allocate, besides those in proportion to the file.</param>
    /// <returns>How many were read, and how many were refused.</returns>
    public static (int Read, int Refused) Run(
        IReadOnlyList<byte[]> files, Action<byte[]> read, string name = "f", long most = Constant)
    {
        foreach (var file in files)
            read(file);
        var (taken, refused) = (0, 0);
        for (var number = 0; number < Cases; number++)
        {
            var bytes = Mutations.Of(number, files);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(bytes);
                taken++;
            }
            catch (DataException e)
            {
                // (What is asked of a model may be a table as text, too.)
                Assert.Matches($@"^{name}(\.csv)?: ", e.Message);
                Assert.True(e.Message.Length < LongestLine, $"mutation {number}: {e.Message}");
                Assert.DoesNotContain(e.Message, char.IsControl);
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"mutation {number} ({bytes.Length} bytes, "
                    + $"{Convert.ToHexString(bytes.AsSpan()[..Math.Min(bytes.Length, 400)])}): {e}");
            }
            var cost = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(cost <= most + PerByte * bytes.Length,
                $"mutation {number}: {cost} bytes for a file of {bytes.Length}");
        }
        return (taken, refused);
    }
}
