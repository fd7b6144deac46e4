import ArgumentParser
import Tensors

/// What `train` and `sample` say of `--products`.
enum ProductsOption {
  static let help: ArgumentHelp = """
    What products between layers of at least 32 are computed in: full, or bfloat16, which is faster where \
    the processor has AVX-512 BF16 and errs by some 2⁻⁸: too much for small tolerances.
    """

  /// Says where the choice costs time instead of saving it.
  static func remark(on products: ProductPrecision) {
    if products.isFast { return }
    say("this processor has no instructions for \(products): products are slower than full ones")
  }
}
