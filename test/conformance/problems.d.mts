export declare const problems: Record<string, unknown>
