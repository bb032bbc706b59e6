using Functional.Host.Doctor;


namespace Functional.Tests.Doctor;

/// <summary>Set-ups written when the doctor stood, to try it on what it was not made with.</summary>
public static class LaterSetUps
{
    /// <summary>Those that learn.</summary>
    public static IReadOnlyList<SetUp> Healthy { get; } =
    [
        new(null, "hidden 80,40 activation gelu optimizer adam learning-rate 0.002 batch-size 64 epochs 10"),
        new(null, "hidden 256 optimizer nesterov learning-rate 0.02 batch-size 50 epochs 8 dropout 0.25"),
        new(null, "hidden 40,40,40 activation elu init lecun optimizer rmsprop learning-rate 0.001 batch-size "
        + "32 epochs 6"),
        new(null, "hidden 120 activation sigmoid init glorot-uniform batch-norm true optimizer adam epochs 8"),
        new(null, "data mnist hidden 150,75 optimizer lion learning-rate 0.0002 batch-size 200 epochs 3"),
        new(null, "data mnist hidden 64 activation softplus optimizer amsgrad learning-rate 0.003 iterations 1500 "
        + "average 0.99"),
        new(null, "data mnist samples 8000 hidden 90,90 init orthogonal activation tanh optimizer momentum epochs 10 "
        + "clip-norm 2 schedule cosine"),
        new(null, "data mnist hidden 100,100,100,100,100 batch-norm true learning-rate 0.1 batch-size 250 epochs 4 "
        + "label-smoothing 0.05"),
        new(null, "optimizer adam learning-rate 0.005 batch-size 16 hidden 12 epochs 40", _ =>
            Flowers.Of(240, 2), "flowers"),
        new(null, "optimizer rmsprop learning-rate 0.01 batch-size 25 hidden 20,10 activation silu epochs 60 "
        + "dropout 0.1", _ => Flowers.Of(400), "flowers"),
        new(null, "optimizer adagrad learning-rate 0.1 batch-size 50 hidden 40 activation leaky-relu epochs 100 "
        + "validation 0.25 patience 30", _ => Flowers.Of(600, 2.5), "flowers"),
        new(null, "optimizer adamw learning-rate 0.02 batch-size 64 hidden 24,24 activation tanh init xavier epochs "
        + "60 l2 1e-4", _ => Flowers.Of(1000, 4), "flowers, mostly noise"),
        new(null, "optimizer momentum learning-rate 0.05 batch-size 32 hidden 32 epochs 60", _ =>
            Flowers.Times(Flowers.Of(500, 1.5), 1e3f, 1e-3f, 50, 2), "flowers, columns of all sizes"),
        new(null, "optimizer lion learning-rate 0.002 batch-size 20 hidden 50 epochs 30 batch-norm true", _ =>
            Flowers.WithConstantColumn(Flowers.Of(450, 1.2)), "flowers, a column constant"),
    ];

    /// <summary>Those with something wrong.</summary>
    public static IReadOnlyList<SetUp> Broken { get; } =
    [
        new(FindingKind.UnscaledInputs,
            "scale none hidden 70 activation gelu optimizer rmsprop batch-size 64 epochs 5"),
        new(FindingKind.UnscaledInputs,
            "scale none optimizer lion learning-rate 0.001 hidden 20 batch-size 20 epochs 40", _ =>
                Flowers.Times(Flowers.Of(400), 100, 1, 20, 1), "flowers, columns times 100 and 20"),
        new(FindingKind.ConstantInputs, "hidden 60,60 optimizer nesterov batch-size 40", data =>
            DataChanges.Blank(data, 0.45), "45% blank"),
        new(FindingKind.ConstantInputs, "hidden 25 optimizer adam epochs 30", _ =>
            Flowers.Times(Flowers.Of(300), 0, 0, 1, 0), "flowers, three of four 0"),
        new(FindingKind.ShuffledLabels, "hidden 90 optimizer rmsprop batch-size 64", data =>
            DataChanges.ShuffledLabels(data, 0.8), "80% of training labels"),
        new(FindingKind.ShuffledLabels, "hidden 30 optimizer nesterov learning-rate 0.05 batch-size 25 epochs 40", _ =>
            Flowers.Shuffled(Flowers.Of(350)), "flowers"),
        new(FindingKind.ClassImbalance, "hidden 70,70 optimizer nesterov batch-size 50", data =>
            DataChanges.Kept(data, c => c is 2 or 6 ? 0.06 : 1), "two rare"),
        new(FindingKind.ClassImbalance, "optimizer amsgrad learning-rate 0.01 hidden 20 batch-size 20 epochs 40", _ =>
            Flowers.Rare(Flowers.Of(600), 9), "flowers, one rare"),
        new(FindingKind.LeakedSamples, "hidden 70 optimizer adagrad learning-rate 0.05", data =>
            DataChanges.Leaked(data, 40), "40 in test"),
        new(FindingKind.LeakedSamples, "optimizer momentum hidden 16 batch-size 16 epochs 40", _ =>
            Flowers.Leaked(Flowers.Of(250), 25), "flowers, 25 in test"),
        new(FindingKind.SymmetricWeights, "init constant:1"),
        new(FindingKind.SymmetricWeights,
            "data mnist init constant:0.02 hidden 40,40 activation gelu optimizer nesterov"),
        new(FindingKind.VanishingGradients,
            "hidden 70,70,70,70,70,70,70 activation sigmoid init glorot-uniform optimizer nesterov"),
        new(FindingKind.VanishingGradients,
            "data mnist hidden 50,50,50,50 init normal:0.005 learning-rate 0.05 batch-size 64 epochs 2"),
        new(FindingKind.ExplodingGradients, "hidden 150,150,150 init normal:0.6 optimizer nesterov"),
        new(FindingKind.ExplodingGradients,
            "data mnist hidden 80,80,80,80,80 activation leaky-relu:0.2 init normal:0.8 learning-rate 0.001 "
            + "batch-size 64 epochs 2"),
        new(FindingKind.DeadUnits, "optimizer nesterov learning-rate 0.8 hidden 70"),
        new(FindingKind.DeadUnits, "data mnist optimizer amsgrad learning-rate 0.4 hidden 60,60 batch-size 64"),
        new(FindingKind.SaturatedUnits, "hidden 80,80 activation tanh init normal:2 optimizer rmsprop"),
        new(FindingKind.SaturatedUnits,
            "data mnist hidden 120,60 activation sigmoid init normal:1.5 learning-rate 0.05"),
        new(FindingKind.LearningRateTooHigh, "optimizer adamw learning-rate 0.5 hidden 70,70"),
        new(FindingKind.LearningRateTooHigh,
            "data mnist optimizer nesterov learning-rate 1.5 hidden 50 activation tanh init xavier"),
        new(FindingKind.LearningRateTooHigh, "optimizer sgd learning-rate 30 batch-size 20 hidden 20 epochs 30", _ =>
            Flowers.Of(400), "flowers"),
        new(FindingKind.LearningRateTooLow, "optimizer nesterov learning-rate 3e-6 hidden 120"),
        new(FindingKind.LearningRateTooLow,
            "data mnist optimizer amsgrad learning-rate 2e-7 hidden 70,70 batch-size 200 epochs 3"),
        new(FindingKind.LearningRateTooLow, "learning-rate 1e-4 batch-size 30 hidden 20 epochs 60", _ =>
            Flowers.Of(500), "flowers"),
        new(FindingKind.TooFewSteps, "samples 200 epochs 3 batch-size 50 hidden 60"),
        new(FindingKind.LossAtChance, "data mnist optimizer adam learning-rate 1e-10 hidden 40,40"),
        new(FindingKind.LossAtChance, "init zero activation tanh hidden 70 optimizer nesterov"),
        new(FindingKind.Diverged, "activation leaky-relu:0.3 learning-rate 30 hidden 60,60"),
        new(FindingKind.Diverged, "data mnist activation elu optimizer nesterov learning-rate 30 hidden 80"),
        new(FindingKind.BatchOfOne,
            "batch-size 1 batch-norm true hidden 40,20 optimizer nesterov iterations 2500 activation silu"),
        new(FindingKind.BatchOfOne, "batch-size 1 batch-norm true hidden 20 optimizer adam epochs 5", _ =>
            Flowers.Of(300), "flowers"),
        new(FindingKind.DropoutTooStrong, "dropout 0.92 hidden 80,80 optimizer nesterov"),
        new(FindingKind.DropoutTooStrong, "data mnist dropout 0.9 hidden 60,60,60 activation gelu optimizer adam"),
        new(FindingKind.PenaltyTooStrong, "l2 0.8 hidden 70,70 optimizer nesterov"),
        new(FindingKind.PenaltyTooStrong, "data mnist l1 0.03 hidden 60 optimizer rmsprop"),
        new(FindingKind.PenaltyTooStrong, "l2 2 optimizer adam learning-rate 0.01 batch-size 30 hidden 20 epochs 40",
            _ => Flowers.Of(500), "flowers"),
        new(FindingKind.AugmentationTooStrong, "augment noise:25 optimizer nesterov hidden 70"),
        new(FindingKind.ClippingTooStrong, "clip-norm 3e-5 optimizer nesterov hidden 70"),
        new(FindingKind.AverageTooSlow, "average 0.9999 iterations 80 hidden 70 optimizer nesterov"),
        new(FindingKind.Overfitting, "samples 150 hidden 200 optimizer nesterov epochs 150"),
        new(FindingKind.Overfitting, "samples 60 hidden 100,100 optimizer adam learning-rate 0.01 epochs 100", _ =>
            Flowers.Of(400, 5), "flowers, mostly noise"),
        new(FindingKind.TooSmall, "hidden 60,1 optimizer nesterov"),
        new(FindingKind.TooSmall, "data mnist hidden 2,40 activation tanh init xavier optimizer adam"),
    ];
}
