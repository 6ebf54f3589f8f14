export declare function toLuModule(): Promise<string>
