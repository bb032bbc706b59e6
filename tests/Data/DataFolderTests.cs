using Functional.Host.Data;
using Xunit;

namespace Functional.Tests.Data;

public class DataFolderTests
{
    [Fact]
    public void The_variable_says_where_mnist_is_and_nothing_else()
    {
        static string? variable(string name) => name == "FUNCTIONAL_MNIST" ? "somewhere" : null;
        Assert.Equal("somewhere", DataFolder.Of("mnist", variable));
        Assert.Equal(DataFolder.User("kmnist"), DataFolder.Of("kmnist", variable));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_it_mnist_is_in_the_users_own_folder(string? value) =>
        Assert.Equal(DataFolder.User("mnist"), DataFolder.Of("mnist", _ => value));

    [Fact]
    public void The_users_own_folder_is_where_the_system_keeps_data()
    {
        var home = Environment.GetEnvironmentVariable("HOME") ?? "/";
        var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        var expected = OperatingSystem.IsWindows() ? Environment.GetEnvironmentVariable("LOCALAPPDATA")!
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Application Support")
            : Path.IsPathFullyQualified(data ?? "") ? data!
            : Path.Combine(home, ".local", "share");
        Assert.Equal(Path.Combine(expected, "functional", "data", "mnist"), DataFolder.User("mnist"));
    }
}
