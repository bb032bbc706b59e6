using System.IO.Compression;
using System.Text;
using Functional.Host.Files;

namespace Functional.Tests.Data;

/// <summary>A small file that inflates to a large one.</summary>
public sealed class NpzBombTests
{
    [Fact]
    public void No_more_is_inflated_than_the_header_promises()
    {
        var header = Encoding.Latin1.GetBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }\n");
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        using (var part = archive.CreateEntry("x.npy", CompressionLevel.Optimal).Open())
        {
            part.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header]);
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 64; i++)
                part.Write(zeros);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<DataException>(() => Npz.Read(file, "bomb.npz")).Message;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Equal($"bomb.npz: at entry 'x.npy': expected {header.Length + 11} bytes, as its header says, found "
            + $"{header.Length + 10 + (64 << 20)}", error);
    }
}
