export declare function toTypeScript(type: 'float64' | 'float32'): string
export declare function toWasm(): Promise<Uint8Array>
export declare function toWasmModule(): Promise<string>
