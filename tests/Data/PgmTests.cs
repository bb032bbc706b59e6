using System.Text;
using Functional.Host.Files;

namespace Functional.Tests.Data;

public class PgmTests
{
    private static ImageFile Read(string text) => Pgm.Read(new MemoryStream(Encoding.Latin1.GetBytes(text)), "f");

    [Fact]
    public void Both_forms_are_read()
    {
        var binary = Read("P5\n# made by hand\n3 2 # and so on\n255\n\u0000\u0001\u0002\u00FD\u00FE\u00FF");
        Assert.Equal((1, 2, 3), (binary.Count, binary.Height, binary.Width));
        Assert.Equal([0, 1, 2, 253, 254, 255], binary.Pixels);
        Assert.Equal([0, 85, 170, 255], Read("P2 2 2 3\n0 1\n2 3 # the end").Pixels);
    }

    [Theory]
    [InlineData("", "byte 0: expected P5 or P2, a gray image, found another file")]
    [InlineData("P6 1 1 255\n123", "byte 0: expected P5 or P2, a gray image, found another file")]
    [InlineData("P5 0 1 255\n", "byte 3: expected a width from 1 to 65535 between blanks, found something else")]
    [InlineData("P5 1x 1 255\n", "byte 3: expected a width from 1 to 65535 between blanks, found something else")]
    [InlineData("P5 1 1 65535\n12",
        "byte 7: expected a greatest level from 1 to 255 between blanks, found something else")]
    [InlineData("P5 65535 65535 255\n12", "byte 18: expected 65535 x 65535 levels, found the end of the file")]
    [InlineData("P5 2 1 255\n1", "byte 12: expected 2 levels, found the end of the file")]
    [InlineData("P5 1 1 255\n12", "byte 12: expected the end of the file, found 1 more byte")]
    [InlineData("P5 1 1 48\n1", "byte 11: expected levels up to 48, found 49 as level 0")]
    [InlineData("P2 1 1 255\n256", "byte 11: expected a level from 0 to 255 between blanks, found something else")]
    public void What_is_wrong_is_reported_in_one_line(string text, string message) =>
        Assert.Equal($"f: at {message}", Assert.Throws<DataException>(() => Read(text)).Message);
}
