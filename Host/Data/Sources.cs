namespace Functional.Host.Data;

/// <summary>What the published digest of a file is of.</summary>
internal enum DigestKind
{
    /// <summary>MD5 of the downloaded file.</summary>
    FileMd5,

    /// <summary>SHA-256 of what it holds, so that a mirror may have compressed it again.</summary>
    ContentSha256
}

/// <summary>A file to fetch.</summary>
/// <param name="Name">The name on the mirrors and in the folder.</param>
/// <param name="Length">The length of what it holds, inflated, in bytes.</param>
/// <param name="Kind">What the digest is of.</param>
/// <param name="Expected">The digest, in lowercase hexadecimal digits.</param>
internal sealed record RemoteFile(string Name, int Length, DigestKind Kind, string Expected)
{
    /// <summary>The most bytes that a download can need: deflate adds at most 5 bytes to each 16 KB that it can't
    /// shrink, gzip 18 and a name.</summary>
    public long LongestDownload => Length + Length / 1024 + 1024;
}

/// <summary>A data set that can be fetched.</summary>
/// <param name="Name">The name on the command line, and of its folder.</param>
/// <param name="Title">The name in prose.</param>
/// <param name="Mirrors">Where its files are, in the order to try; each ends in a slash.</param>
/// <param name="Files">Its files.</param>
internal sealed record DataSource(
    string Name, string Title, IReadOnlyList<Uri> Mirrors, IReadOnlyList<RemoteFile> Files);

/// <summary>The data sets that can be fetched: each 60,000 training and 10,000 test images of 28 x 28 in 10 classes.
/// Sources: the digests that the authors, or the mirrors, have published.</summary>
internal static class Sources
{
    /// <summary>Handwritten digits, by LeCun, Cortes and Burges.</summary>
    public static DataSource Mnist { get; } = Create(
        "mnist", "MNIST", DigestKind.ContentSha256,
        ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2");

    /// <summary>Articles of clothing, by Xiao, Rasul and Vollgraf (Zalando).</summary>
    public static DataSource FashionMnist { get; } = Create(
        "fashion-mnist", "Fashion-MNIST", DigestKind.FileMd5,
        ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310");

    /// <summary>Cursive Japanese characters, by Clanuwat and others (CODH).</summary>
    public static DataSource Kmnist { get; } = Create(
        "kmnist", "KMNIST", DigestKind.FileMd5,
        ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
        "bdb82020997e1d708af4cf47b453dcf7",
        "e144d726b3acfaa3e44228e80efcd344",
        "5c965bf0a639b31b8f53240b1b52f4d7",
        "7320c461ea6c1c855c0b718fb2a4b134");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DataSource> All { get; } = [Mnist, FashionMnist, Kmnist];

    private static DataSource Create(
        string name, string title, DigestKind kind, string[] mirrors,
        string trainImages, string trainLabels, string testImages, string testLabels) =>
        new(name, title, [.. mirrors.Select(mirror => new Uri(mirror))],
        [
            new("train-images-idx3-ubyte.gz", 16 + 60_000 * 28 * 28, kind, trainImages),
            new("train-labels-idx1-ubyte.gz", 8 + 60_000, kind, trainLabels),
            new("t10k-images-idx3-ubyte.gz", 16 + 10_000 * 28 * 28, kind, testImages),
            new("t10k-labels-idx1-ubyte.gz", 8 + 10_000, kind, testLabels)
        ]);
}
