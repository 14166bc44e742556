// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title Who signed
library Signatures {
    function signer(bytes32 digest, bytes calldata signature) internal pure returns (address) {
        bytes32 r = bytes32(signature[0:32]);
        bytes32 s = bytes32(signature[32:64]);
        uint8 v = uint8(signature[64]);
        return ecrecover(digest, v, r, s);
    }
}
