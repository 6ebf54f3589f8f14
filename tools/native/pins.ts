/** What the native backend is built from, to the byte. */

/**
 * The wheel with TensorFlow's libraries and C headers. The smallest of 2.12.1 (232 MB), 2.13.1 (187), 2.14.1 (198), 2.15.1 (207) and 2.16.2 (214).
 * No Python code of it is run, so its Python version says nothing about the one on this machine.
 */
export const TENSORFLOW = {
  version: '2.13.1',
  python: '311',
  platforms: ['manylinux_2_17_x86_64', 'manylinux2014_x86_64'],
  sha256: '87be6e61314b2c0fa062f71e26e41d6a17e162ffe4da72c820fe8f1fc94d97fe',
  megabytes: 187,
} as const

/** The npm package with the JavaScript side of the backend and the C++ sources of its addon. */
export const TFJS_NODE = {
  version: '4.22.0',
  integrity:
    'sha512-uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
} as const

/** Highest version of Node-API that tfjs-node looks for; Node 12.22 and everything later has it. */
export const NODE_API = 8

/** Room for the wheel, its unpacked libraries and the copy that `strip` makes. */
export const FREE_MEGABYTES = 1500
