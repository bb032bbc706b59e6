using static Functional.Host.Exercises.Marker;
using static Functional.Host.Exercises.Mistake;

namespace Functional.Host.Exercises;

/// <summary>A step of Momentum: v' = momentum v - rate g, w' = w + v'.</summary>
internal static class MomentumStep
{
    /// <summary>Marks it.</summary>
    public static Marker Marker { get; } = new(
        "momentum", numbers: ["rate", "momentum"], matrices: ["weight", "velocity", "gradient"])
    {
        Outputs = ["weight", "velocity"],
        Cases = [.. new (double, double)[] { (0.1, 0.9), (0.01, 0.5), (0.3, 0.8) }.Select((at, i) => new Case(
            [at.Item1, at.Item2], Normal(2, 3, 90 + i), Normal(2, 3, 100 + i), Normal(2, 3, 110 + i)))],
        Right = at =>
        {
            Parameters<double> Of(int i) => Parameters.Of([Parameter.Of("w", Role.Weight, at.Matrices[i])]);
            var slot = new Slot<double>("velocity", Of(1));
            var (weight, state) = Optimizer.Momentum(at.Numbers[0], at.Numbers[1])
                .Update(new OptimizerState<double>(1, 0, [slot]), Of(0), Of(2));
            return [weight[0].Matrix, state.Slots[0].Values[0].Matrix];
        },
        Mistakes =
        [
            Of("the gradient is added to the velocity: go against it",
                "速度に勾配を足しています。勾配と逆向きに進みます",
                (r, m, w, v, g) => (w + (m * v + r * g), m * v + r * g)),
            Of("the velocity is subtracted from the weight: it already points downhill",
                "重みから速度を引いています。速度はすでに下り方向です",
                (r, m, w, v, g) => (w - (m * v - r * g), m * v - r * g)),
            Of("the velocity is not multiplied by the momentum",
                "速度にmomentumを掛け忘れています", (r, _, w, v, g) => (w + (v - r * g), v - r * g)),
            Of("the weight moves by the old velocity",
                "重みが古い速度で動いています", (r, m, w, v, g) => (w + v, m * v - r * g)),
            Of("the rate is missing",
                "rateを掛け忘れています", (_, m, w, v, g) => (w + (m * v - g), m * v - g)),
            Of("the rate is applied twice: the velocity already includes it",
                "rateが2回掛かっています。速度にはすでに含まれています",
                (r, m, w, v, g) => (w + r * (m * v - r * g), m * v - r * g)),
            Of("this is SGD: the velocity is not used",
                "これはSGDです。速度が使われていません", (r, _, w, v, g) => (w - r * g, v)),
            Of("this is SGD: the velocity doesn't move the weight",
                "これはSGDです。速度が重みに反映されていません", (r, m, w, v, g) => (w - r * g, m * v - r * g)),
            Of("the old velocity is returned: the next step needs the new one",
                "古い速度を返しています。次のステップには新しい速度が必要です",
                (r, m, w, v, g) => (w + (m * v - r * g), v)),
            Of("the gradient is multiplied by 1 - momentum: this is a moving average",
                "勾配に1 - momentumが掛かっています。それは移動平均です",
                (r, m, w, v, g) => (w + (m * v - (1 - m) * r * g), m * v - (1 - m) * r * g)),
            Of("this is Nesterov's momentum", "これはNesterovのモメンタムです",
                (r, m, w, v, g) => (w + m * (m * v - r * g) - r * g, m * v - r * g)),
            Of("this is PyTorch's form, whose velocity doesn't include the rate; the book's does",
                "これはPyTorchの形式です。本の速度にはrateが含まれます",
                (r, m, w, v, g) => (w - r * (m * v + g), m * v + g)),
            Of("the gradient is multiplied by the momentum, too",
                "勾配にもmomentumが掛かっています", (r, m, w, v, g) => (w + m * (v - r * g), m * (v - r * g))),
            Of("the velocity is returned as the weight", "重みとして速度を返しています",
                (r, m, w, v, g) => (m * v - r * g, m * v - r * g)),
            Of("the returned weight and velocity are swapped",
                "返す重みと速度が入れ替わっています", (r, m, w, v, g) => (m * v - r * g, w + (m * v - r * g))),
            Of("rate and momentum are swapped",
                "rateとmomentumが入れ替わっています", (r, m, w, v, g) => (w + (r * v - m * g), r * v - m * g)),
            Of("the weight doesn't change", "重みが変わっていません", (r, m, w, v, g) => (w, m * v - r * g)),
            Of("the rate multiplies the velocity, not the gradient: the book's velocity includes it",
                "rateを勾配ではなく速度に掛けています。本の速度にはrateが含まれます",
                (r, m, w, v, g) => (w + r * (m * v - g), m * v - g)),
            Of("the velocity has the opposite sign: the book adds it to the weight",
                "速度の符号が逆です。本では速度を重みに足します",
                (r, m, w, v, g) => (w - (m * v + r * g), m * v + r * g)),
            Of("the old velocity is lost: a share of it, the momentum, remains",
                "古い速度が失われています。momentumの割合だけ残します", (r, _, w, _, g) => (w - r * g, -r * g)),
            Of("the velocity is multiplied by 1 - momentum",
                "速度に1 - momentumを掛けています",
                (r, m, w, v, g) => (w + ((1 - m) * v - r * g), (1 - m) * v - r * g)),
            Of("this is a moving average of gradients, and the rate is applied to it afterwards",
                "これは勾配の移動平均で、rateを後から掛けています",
                (r, m, w, v, g) => (w - r * (m * v + (1 - m) * g), m * v + (1 - m) * g)),
            Of("the velocity is multiplied by the momentum once more where it moves the weight",
                "重みを動かすときに、速度にもう一度momentumを掛けています",
                (r, m, w, v, g) => (w + m * (m * v - r * g), m * v - r * g)),
        ],
    };
}
