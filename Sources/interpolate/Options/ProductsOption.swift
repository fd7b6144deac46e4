import ArgumentParser

/// What `train` and `sample` say of `--products`.
enum ProductsOption {
  static let help: ArgumentHelp = """
    What products between hidden layers are computed in: full, or bfloat16, which is faster where the \
    processor has AVX-512 BF16.
    """
}
