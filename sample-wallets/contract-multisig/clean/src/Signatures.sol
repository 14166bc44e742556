// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

/// @title Who signed
library Signatures {
    uint256 private constant HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    error BadSignature();

    function signer(bytes32 digest, bytes calldata signature) internal pure returns (address who) {
        if (signature.length != 65) revert BadSignature();
        bytes32 s = bytes32(signature[32:64]);
        if (uint256(s) > HALF_ORDER) revert BadSignature();
        who = ecrecover(digest, uint8(signature[64]), bytes32(signature[0:32]), s);
        if (who == address(0)) revert BadSignature();
    }
}
